import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** Headphones and speakers. */
export const AUDIO: CatalogueProduct[] = [
  product(
    'Wireless Headphones Pro',
    'headphones',
    'Over-ear headphones with active noise cancelling, 40 hours of battery and a case that folds flat. Two devices at once.',
    single('WHP-PRO', {
      prices: ['299.99', '279.99', '249.99', '44800'],
      was: ['349.99', '329.99', '299.99', '52800'],
      grams: 254,
      stock: 100,
    }),
    ['front', 'side', 'folded'],
  ),
  product(
    'Studio Monitor Headphones',
    'headphones',
    'Closed, wired headphones with a flat response, made for mixing. The cable and the ear pads can be replaced.',
    single('SMH-250', { prices: ['149.00', '139.00', '119.00', '21800'], grams: 285, stock: 60 }),
  ),
  product(
    'Everyday Earbuds',
    'headphones',
    'Small true wireless earbuds that withstand rain and sweat. Eight hours on their own, thirty with the case.',
    all(
      'EEB',
      { Colour: ['Black', 'White', 'Sage'] },
      { prices: ['79.99', '74.99', '64.99', '11800'], grams: 48, stock: 140 },
    ),
  ),
  product(
    'Sleep Earbuds',
    'headphones',
    'Soft, flat earbuds for sleeping on your side. They mask noise with quiet sounds and wake only you.',
    single('SEB-1', { prices: ['129.00', '119.00', '105.00', '18900'], grams: 31, stock: 45 }),
  ),
  product(
    'Kids Headphones',
    'headphones',
    'Headphones for small ears, limited to 85 decibels, with a band that survives being sat on.',
    all('KHP', { Colour: ['Blue', 'Coral'] }, { prices: ['34.99', '32.99', '28.99', '5200'], grams: 160, stock: 80 }),
  ),
  product(
    'Pocket Speaker',
    'speakers',
    'A Bluetooth speaker the size of a mug. Waterproof to a metre, twelve hours of music, pairs with a second one for stereo.',
    all(
      'PSP',
      { Colour: ['Charcoal', 'Teal', 'Red'] },
      { prices: ['59.00', '55.00', '48.00', '8900'], was: ['69.00', '65.00', '57.00', '10400'], grams: 310, stock: 90 },
    ),
  ),
  product(
    'Bookshelf Speakers',
    'speakers',
    'A pair of two-way speakers in real walnut, with a soft-dome tweeter and room for the bass to breathe.',
    all(
      'BSP',
      { Finish: ['Walnut', 'Oak'] },
      { prices: ['389.00', '369.00', '329.00', '58000'], grams: 9800, stock: 18 },
    ),
  ),
  product(
    'Cinema Soundbar',
    'speakers',
    'A slim soundbar with a wireless subwoofer. Speech stays clear while the film is loud.',
    each('CSB', 'Version', {
      Compact: { prices: ['199.00', '189.00', '165.00', '29800'], grams: 2400, stock: 30 },
      'With Subwoofer': { prices: ['329.00', '309.00', '275.00', '48900'], grams: 7600, stock: 22 },
    }),
  ),
  product(
    'Vinyl Turntable',
    'speakers',
    'A belt-driven turntable with a built-in phono stage, so that it plays through any speaker.',
    single('VTT-33', { prices: ['249.00', '235.00', '209.00', '36800'], grams: 5600, stock: 16 }),
  ),
]
