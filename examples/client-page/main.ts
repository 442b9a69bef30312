import {
  browserSession,
  createClient,
  displayMoney,
  MyAccountDocument,
  SearchProductsDocument,
  WatchStockDocument,
} from '../../client/index.ts'

// A page without a framework on the typed client: a list with prices, its stock live, and a sign-in that outlives a reload.
const url = new URLSearchParams(location.search).get('graph') ?? 'http://127.0.0.1:4000/graphql'
const client = createClient({
  url,
  store: browserSession(),
  name: 'client-page',
  onSessionEnd: () => void showAccount(),
})

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`index.html: expected an element with the id ${id}`)
  return found
}

async function showAccount(): Promise<void> {
  const { me } = await client.query(MyAccountDocument)
  element('account').textContent = me === null ? 'Not signed in' : `Signed in as ${me.name}`
  element('sign-in').hidden = me !== null
}

function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value : ''
}

async function signIn(form: HTMLFormElement): Promise<void> {
  const outcome = await client.signIn({ email: valueOf(form, 'email'), password: valueOf(form, 'password') })
  element('refusal').textContent = outcome.ok ? '' : (outcome.userErrors[0]?.message ?? '')
  if (outcome.ok) await showAccount()
}

/** The list, and the cell of each variant's stock by the variant's id. */
async function showProducts(): Promise<Map<string, HTMLElement>> {
  const { searchProducts } = await client.query(SearchProductsDocument, { query: 'headphones', first: 10 })
  const cells = new Map<string, HTMLElement>()
  for (const { node } of searchProducts?.edges ?? []) {
    const variant = node.defaultVariant
    const row = element('products').appendChild(document.createElement('tr'))
    const [name, price, stock] = ['td', 'td', 'td'].map((tag) => row.appendChild(document.createElement(tag)))
    if (name === undefined || price === undefined || stock === undefined || variant === null) continue
    name.textContent = node.name
    price.textContent = variant.price === null ? '–' : displayMoney(variant.price)
    cells.set(variant.id, stock)
  }
  return cells
}

async function followStock(cells: Map<string, HTMLElement>): Promise<void> {
  for await (const { stockChanged } of client.subscribe(WatchStockDocument, { variantIds: [...cells.keys()] })) {
    const cell = cells.get(stockChanged.id)
    if (cell !== undefined) cell.textContent = String(stockChanged.stock?.available ?? '–')
  }
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  if (event.target instanceof HTMLFormElement) void signIn(event.target)
})
await showAccount()
await followStock(await showProducts())
