import type { EventEnvelope } from './envelope.ts'
import { PRODUCT_EVENTS, type ProductEventType } from './products.ts'

/** An entity of the graph by its key. */
export type EntityKey = { typename: string; key: Readonly<Record<string, unknown>> }

/**
 * What an event makes untrue of what its subgraph answered before: all that shows one of `entities`; lists of their types,
 * and of `listsOf`. Or everything.
 */
export type Changed = { entities: readonly EntityKey[]; listsOf?: readonly string[] } | 'everything'

/** By the subgraph that publishes, what each of its events changes of the graph. Types that are not listed change nothing. */
export const CHANGED_ENTITIES: Readonly<Record<string, (event: EventEnvelope) => Changed>> = {
  products: (event) => changedByProducts(event),
}

const NOTHING: Changed = { entities: [] }

function changedByProducts({ type, subject, data }: EventEnvelope): Changed {
  if (!isProductEvent(type)) return NOTHING
  switch (type) {
    case 'product.created':
    case 'product.updated':
    case 'product.archived': {
      const { variantIds } = PRODUCT_EVENTS[type].parse(data)
      return { entities: [product(subject), ...variantIds.map(variant)] }
    }
    case 'product.variant_added':
    case 'product.variant_updated':
    case 'product.variant_removed':
    case 'product.price_changed':
      return { entities: [variant(subject), product(PRODUCT_EVENTS[type].parse(data).productId)] }
    case 'category.created':
    case 'category.updated': {
      const { parentId } = PRODUCT_EVENTS[type].parse(data)
      // Lists of products are narrowed by categories, and name them in their facets.
      return { entities: [subject, ...(parentId === null ? [] : [parentId])].map(category), listsOf: ['Product'] }
    }
    case 'category.removed':
      // The products that went to its parent have no events of their own.
      return 'everything'
  }
}

const isProductEvent = (type: string): type is ProductEventType => Object.hasOwn(PRODUCT_EVENTS, type)

const product = (id: string): EntityKey => ({ typename: 'Product', key: { id } })
const variant = (id: string): EntityKey => ({ typename: 'ProductVariant', key: { id } })
const category = (id: string): EntityKey => ({ typename: 'Category', key: { id } })
