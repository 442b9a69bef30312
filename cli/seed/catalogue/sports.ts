import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** Running, camping, fitness. */
export const SPORTS: CatalogueProduct[] = [
  product(
    'Trail Running Shoes',
    'running',
    'Grip for mud and rock, a plate under the forefoot, and room for toes that swell.',
    all(
      'TRS',
      { Size: ['40', '41', '42', '43', '44', '45'] },
      { prices: ['139.00', '132.00', '115.00', '20500'], grams: 580, stock: 18 },
    ),
  ),
  product(
    'Running Vest',
    'running',
    'Carries two flasks and a jacket without bouncing.',
    all('RVT', { Size: ['S', 'M', 'L'] }, { prices: ['109.00', '104.00', '89.00', '15800'], grams: 240, stock: 22 }),
  ),
  product(
    'Head Torch',
    'running',
    '450 lumens, red light for maps, charged by USB-C.',
    single('HDT-450', { prices: ['54.00', '51.00', '45.00', '7900'], grams: 86, stock: 65 }),
  ),
  product(
    'Two Person Tent',
    'camping',
    'Up in four minutes, under two kilograms, dry in a storm.',
    all(
      'TNT2',
      { Colour: ['Green', 'Orange'] },
      { prices: ['329.00', '309.00', '275.00', '48800'], grams: 1940, stock: 16 },
    ),
  ),
  product(
    'Down Sleeping Bag',
    'camping',
    'Responsibly sourced down, comfortable to minus four degrees, small as a loaf of bread.',
    each('DSB', 'Length', {
      Regular: { prices: ['259.00', '245.00', '215.00', '38500'], grams: 920, stock: 18 },
      Long: { prices: ['279.00', '265.00', '235.00', '41500'], grams: 1010, stock: 14 },
    }),
  ),
  product(
    'Camping Stove',
    'camping',
    'Boils a litre in three and a half minutes and fits into its own pot.',
    single('CST-1', { prices: ['74.00', '69.00', '62.00', '10900'], grams: 390, stock: 36 }),
  ),
  product(
    'Yoga Mat',
    'fitness',
    'Natural rubber, five millimetres, does not slip when it gets warm.',
    all(
      'YMT',
      { Colour: ['Indigo', 'Terracotta', 'Black'] },
      { prices: ['69.00', '65.00', '57.00', '10200'], grams: 2300, stock: 48 },
    ),
  ),
  product(
    'Adjustable Dumbbells',
    'fitness',
    'A pair that replaces fifteen: from 2 to 24 kilograms by a turn of the handle.',
    single('ADB-24', {
      prices: ['379.00', '359.00', '315.00', '56800'],
      was: ['429.00', '409.00', '359.00', '63800'],
      grams: 50_000,
      stock: 10,
    }),
  ),
  product(
    'Resistance Bands',
    'fitness',
    'Five bands from light to very strong, with a bag and an anchor for the door.',
    single('RBD-5', { prices: ['24.99', '23.99', '19.99', '3700'], grams: 620, stock: 130 }),
  ),
]
