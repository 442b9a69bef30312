import { all, each, product } from './build.ts'
import type { CatalogueProduct } from './types.ts'

const SIZES = ['S', 'M', 'L', 'XL']

/** What is worn and measures nothing. */
export const FASHION: CatalogueProduct[] = [
  product(
    'Organic Cotton T-Shirt',
    'shirts',
    'Heavy jersey, cut straight, still in shape after fifty washes.',
    all(
      'TSH',
      { Colour: ['White', 'Black', 'Navy'], Size: SIZES },
      { prices: ['29.00', '27.00', '24.00', '4300'], grams: 220, stock: 70 },
    ),
  ),
  product(
    'Oxford Shirt',
    'shirts',
    'A button-down shirt for the office and the day after.',
    all(
      'OXF',
      { Colour: ['Blue', 'White'], Size: SIZES },
      { prices: ['69.00', '65.00', '57.00', '10200'], grams: 290, stock: 30 },
    ),
  ),
  product(
    'Merino Sweater',
    'shirts',
    'Fine merino, warm without weight, does not itch.',
    all(
      'MSW',
      { Colour: ['Oatmeal', 'Forest'], Size: SIZES },
      {
        prices: ['99.00', '95.00', '82.00', '14800'],
        was: ['119.00', '115.00', '99.00', '17800'],
        grams: 310,
        stock: 24,
      },
    ),
  ),
  product(
    'Rain Jacket',
    'jackets',
    'Three layers, taped seams, a hood that follows the head. Packs into its own pocket.',
    all(
      'RJK',
      { Colour: ['Yellow', 'Slate'], Size: SIZES },
      { prices: ['179.00', '169.00', '149.00', '26500'], grams: 380, stock: 20 },
    ),
  ),
  product(
    'Down Jacket',
    'jackets',
    'Light warmth for dry cold, from recycled shell and traceable down.',
    all(
      'DJK',
      { Colour: ['Black', 'Rust'], Size: SIZES },
      { prices: ['229.00', '219.00', '189.00', '33800'], grams: 340, stock: 16 },
    ),
  ),
  product(
    'Leather Sneakers',
    'shoes',
    'Plain white sneakers, stitched, with a sole that can be replaced.',
    all(
      'LSN',
      { Size: ['38', '39', '40', '41', '42', '43', '44'] },
      { prices: ['149.00', '139.00', '125.00', '21800'], grams: 840, stock: 15 },
    ),
  ),
  product(
    'Chelsea Boots',
    'shoes',
    'Suede or smooth leather, elastic sides, a heel that is heard.',
    all(
      'CHB',
      { Leather: ['Suede', 'Smooth'], Size: ['40', '41', '42', '43'] },
      { prices: ['189.00', '179.00', '159.00', '27800'], grams: 1150, stock: 10 },
    ),
  ),
  product(
    'Canvas Tote',
    'bags',
    'Thick canvas with a pocket inside and handles long enough for the shoulder.',
    all(
      'TOT',
      { Colour: ['Natural', 'Black'] },
      { prices: ['24.00', '22.00', '19.00', '3500'], grams: 310, stock: 95 },
    ),
  ),
  product(
    'Weekender Bag',
    'bags',
    'Waxed canvas and leather, the largest that fits above the seat.',
    each('WKB', 'Colour', {
      Tan: { prices: ['219.00', '209.00', '179.00', '32500'], grams: 1480, stock: 14 },
      Navy: { prices: ['219.00', '209.00', '179.00', '32500'], grams: 1480, stock: 12 },
    }),
  ),
]
