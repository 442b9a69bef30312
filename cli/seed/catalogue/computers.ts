import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** What stands on a desk. */
export const COMPUTERS: CatalogueProduct[] = [
  product(
    'Mechanical Keyboard',
    'keyboards-and-mice',
    'A compact keyboard with keys that can be swapped, a knob, and no software to install.',
    all(
      'MKB',
      { Layout: ['US', 'UK', 'German'], Switches: ['Linear', 'Tactile'] },
      { prices: ['119.00', '115.00', '99.00', '17500'], grams: 880, stock: 25 },
    ),
  ),
  product(
    'Quiet Wireless Mouse',
    'keyboards-and-mice',
    'A mouse that nobody hears, on any surface but glass. Eighteen months on one battery.',
    all(
      'QWM',
      { Colour: ['Graphite', 'White'] },
      { prices: ['29.99', '28.99', '24.99', '4400'], grams: 98, stock: 150 },
    ),
  ),
  product(
    'Vertical Mouse',
    'keyboards-and-mice',
    'Holds the hand as in a handshake, to rest the wrist.',
    all('VTM', { Hand: ['Right', 'Left'] }, { prices: ['59.00', '56.00', '49.00', '8700'], grams: 135, stock: 35 }),
  ),
  product(
    'Desk Mat',
    'keyboards-and-mice',
    'Felt of merino wool on cork. It warms the wrists and quiets the keys.',
    all(
      'DMT',
      { Colour: ['Grey', 'Green'], Size: ['M', 'L'] },
      { prices: ['45.00', '42.00', '37.00', '6600'], grams: 620, stock: 40 },
    ),
  ),
  product(
    '27 Inch 4K Monitor',
    'monitors',
    'Colours as they are, one cable for picture and 90 watts, and a stand that lifts, turns and tilts.',
    single('MON-27', {
      prices: ['429.00', '409.00', '359.00', '63800'],
      was: ['479.00', '459.00', '409.00', '70800'],
      grams: 6300,
      stock: 20,
    }),
  ),
  product(
    '34 Inch Ultrawide Monitor',
    'monitors',
    'Three windows side by side on a gentle curve, at 144 hertz.',
    single('MON-34', { prices: ['599.00', '569.00', '499.00', '88800'], grams: 8900, stock: 14 }),
  ),
  product(
    'Monitor Arm',
    'monitors',
    'Frees the desk and moves with a finger. For screens of two to nine kilograms.',
    each('ARM', 'Screens', {
      One: { prices: ['99.00', '94.00', '82.00', '14800'], grams: 2600, stock: 40 },
      Two: { prices: ['169.00', '159.00', '139.00', '24800'], grams: 4300, stock: 24 },
    }),
  ),
  product(
    'Portable SSD',
    'storage',
    'A thousand megabytes a second, in a sleeve that survives a fall from two metres.',
    each('SSD', 'Capacity', {
      '500 GB': { prices: ['64.99', '61.99', '54.99', '9800'], grams: 52, stock: 70 },
      '1 TB': { prices: ['99.99', '94.99', '84.99', '14800'], grams: 52, stock: 90 },
      '2 TB': { prices: ['169.99', '159.99', '139.99', '24800'], grams: 54, stock: 45 },
    }),
  ),
  product(
    'USB-C Dock',
    'storage',
    'Eleven ports behind one cable: two screens, network, cards, and power for the laptop.',
    single('DCK-11', { prices: ['189.00', '179.00', '155.00', '27800'], grams: 390, stock: 32 }),
  ),
]
