import type { CatalogueCategory } from './types.ts'

/** The category tree of the demo shop. */
export const CATEGORIES: CatalogueCategory[] = [
  {
    slug: 'electronics',
    name: 'Electronics',
    children: [
      {
        slug: 'audio',
        name: 'Audio',
        children: [
          { slug: 'headphones', name: 'Headphones' },
          { slug: 'speakers', name: 'Speakers' },
        ],
      },
      {
        slug: 'wearables',
        name: 'Wearables',
        children: [
          { slug: 'smart-watches', name: 'Smart Watches' },
          { slug: 'fitness-trackers', name: 'Fitness Trackers' },
        ],
      },
      {
        slug: 'cameras',
        name: 'Cameras',
        children: [
          { slug: 'webcams', name: 'Webcams' },
          { slug: 'photography', name: 'Photography' },
        ],
      },
      {
        slug: 'computers',
        name: 'Computers',
        children: [
          { slug: 'keyboards-and-mice', name: 'Keyboards and Mice' },
          { slug: 'monitors', name: 'Monitors' },
          { slug: 'storage', name: 'Storage' },
        ],
      },
    ],
  },
  {
    slug: 'home',
    name: 'Home',
    children: [
      { slug: 'kitchen', name: 'Kitchen' },
      { slug: 'lighting', name: 'Lighting' },
      { slug: 'bedroom', name: 'Bedroom' },
    ],
  },
  {
    slug: 'sports',
    name: 'Sports and Outdoors',
    children: [
      { slug: 'running', name: 'Running' },
      { slug: 'camping', name: 'Camping' },
      { slug: 'fitness', name: 'Fitness' },
    ],
  },
  {
    slug: 'fashion',
    name: 'Fashion',
    children: [
      { slug: 'shirts', name: 'Shirts' },
      { slug: 'jackets', name: 'Jackets' },
      { slug: 'shoes', name: 'Shoes' },
      { slug: 'bags', name: 'Bags' },
    ],
  },
]
