import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** Webcams and photography. */
export const CAMERAS: CatalogueProduct[] = [
  product(
    '4K Webcam',
    'webcams',
    'Sharp at 4K and 30 frames, good in the dark, with two microphones and a cover for the lens. Plug it in and be seen.',
    single('WEB-4K', { prices: ['199.99', '189.99', '169.99', '29800'], grams: 162, stock: 75 }),
    ['front', 'side', 'on a monitor'],
  ),
  product(
    'Full HD Webcam',
    'webcams',
    'A small 1080p webcam with autofocus and a clip that holds on any laptop.',
    single('WEB-HD', { prices: ['59.99', '56.99', '49.99', '8900'], grams: 96, stock: 110 }),
  ),
  product(
    'Ring Light',
    'webcams',
    'Even light for calls and portraits, from candle to daylight, on a desk stand.',
    each('RNL', 'Diameter', {
      '20 cm': { prices: ['29.99', '27.99', '24.99', '4400'], grams: 420, stock: 60 },
      '30 cm': { prices: ['44.99', '41.99', '37.99', '6600'], grams: 780, stock: 45 },
    }),
  ),
  product(
    'Action Camera',
    'photography',
    'Waterproof without a housing, steady without a gimbal, and small enough to forget. 5.3K video.',
    single('ACT-9', {
      prices: ['349.00', '329.00', '289.00', '51800'],
      was: ['399.00', '379.00', '339.00', '58800'],
      grams: 154,
      stock: 40,
    }),
  ),
  product(
    'Mirrorless Camera',
    'photography',
    'A 26-megapixel camera with fast autofocus, film looks and dials for everything that matters.',
    each('MLC', 'Kit', {
      'Body only': { prices: ['899.00', '869.00', '769.00', '134800'], grams: 380, stock: 12 },
      'With 15-45 mm lens': { prices: ['999.00', '969.00', '859.00', '149800'], grams: 515, stock: 15 },
    }),
    ['front', 'top', 'back'],
  ),
  product(
    'Instant Camera',
    'photography',
    'Prints what it sees, the size of a credit card, in ninety seconds. Comes with ten pictures.',
    all(
      'INS',
      { Colour: ['Mint', 'Blush', 'White'] },
      { prices: ['89.00', '84.00', '74.00', '13200'], grams: 307, stock: 50 },
    ),
  ),
  product(
    'Travel Tripod',
    'photography',
    'A carbon tripod that folds to 39 centimetres, carries eight kilograms and becomes a monopod.',
    single('TRP-C', { prices: ['179.00', '169.00', '149.00', '26500'], grams: 1190, stock: 25 }),
  ),
  product(
    'Camera Backpack',
    'photography',
    'Room for a body, four lenses and a laptop, opened from the side without taking it off.',
    all(
      'CBP',
      { Colour: ['Black', 'Olive'] },
      { prices: ['139.00', '129.00', '115.00', '20500'], grams: 1650, stock: 30 },
    ),
  ),
]
