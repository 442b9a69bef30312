import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** Kitchen, light and bedroom. */
export const HOME: CatalogueProduct[] = [
  product(
    'Espresso Machine',
    'kitchen',
    'Ready in 30 seconds, with a pressure gauge and a steam wand that makes real foam.',
    all(
      'ESP',
      { Colour: ['Steel', 'Black'] },
      { prices: ['449.00', '429.00', '379.00', '66800'], grams: 9200, stock: 15 },
    ),
  ),
  product(
    'Burr Coffee Grinder',
    'kitchen',
    'Forty settings from espresso to French press, and little noise.',
    single('BCG-40', { prices: ['129.00', '122.00', '107.00', '18900'], grams: 2900, stock: 26 }),
  ),
  product(
    'Pour Over Set',
    'kitchen',
    'A glass carafe, a steel filter and a wooden collar. Coffee for four.',
    single('POS-4', { prices: ['39.00', '37.00', '32.00', '5800'], grams: 740, stock: 55 }),
  ),
  product(
    'Cast Iron Skillet',
    'kitchen',
    'Seasoned, heavy, and better every year. From the stove into the oven.',
    each('CIS', 'Diameter', {
      '20 cm': { prices: ['29.00', '27.00', '24.00', '4300'], grams: 1600, stock: 40 },
      '26 cm': { prices: ['39.00', '37.00', '32.00', '5800'], grams: 2400, stock: 50 },
      '30 cm': { prices: ['49.00', '46.00', '41.00', '7300'], grams: 3500, stock: 30 },
    }),
  ),
  product(
    'Chef Knife',
    'kitchen',
    'A 21-centimetre blade of Japanese steel with a handle of walnut. It arrives sharp.',
    single('CHK-21', { prices: ['119.00', '113.00', '99.00', '16800'], grams: 210, stock: 34 }),
  ),
  product(
    'Vacuum Bottle',
    'kitchen',
    'Hot for twelve hours, cold for a day, tight for ever.',
    all(
      'VBO',
      { Size: ['500 ml', '750 ml'], Colour: ['Navy', 'Sand', 'Forest'] },
      { prices: ['32.00', '30.00', '26.00', '4700'], grams: 360, stock: 60 },
    ),
  ),
  product(
    'Desk Lamp',
    'lighting',
    'Light without glare or flicker, dimmed by touch, with a joint that stays where it is put.',
    all(
      'DLP',
      { Colour: ['White', 'Black'] },
      { prices: ['89.00', '84.00', '74.00', '13200'], grams: 1450, stock: 38 },
    ),
  ),
  product(
    'Smart Bulb',
    'lighting',
    'White from warm to cool and sixteen million colours. Works without a cloud.',
    each('SBU', 'Socket', {
      E27: { prices: ['19.99', '18.99', '16.99', '2980'], grams: 70, stock: 200 },
      E14: { prices: ['19.99', '18.99', '16.99', '2980'], grams: 55, stock: 160 },
    }),
  ),
  product(
    'Paper Floor Lamp',
    'lighting',
    'A column of washi paper on a foot of beech that fills a corner with soft light.',
    single('PFL-1', { prices: ['149.00', '139.00', '125.00', '21800'], grams: 2300, stock: 12 }),
  ),
  product(
    'Linen Bedding Set',
    'bedroom',
    'Stone-washed European linen: a duvet cover and two pillowcases.',
    all(
      'LBS',
      { Size: ['Single', 'Double', 'King'], Colour: ['White', 'Clay'] },
      {
        prices: ['169.00', '159.00', '139.00', '24800'],
        was: ['199.00', '189.00', '169.00', '28800'],
        grams: 1900,
        stock: 20,
      },
    ),
  ),
  product(
    'Weighted Blanket',
    'bedroom',
    'Glass beads in cotton, quilted small so that nothing shifts.',
    each('WBL', 'Weight', {
      '6 kg': { prices: ['99.00', '94.00', '82.00', '14800'], grams: 6200, stock: 25 },
      '8 kg': { prices: ['119.00', '113.00', '99.00', '17800'], grams: 8200, stock: 25 },
    }),
  ),
]
