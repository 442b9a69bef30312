import { all, each, product, single } from './build.ts'
import type { CatalogueProduct } from './types.ts'

/** What is worn and counts something. */
export const WEARABLES: CatalogueProduct[] = [
  product(
    'Smart Watch Ultra',
    'smart-watches',
    'A titanium watch for days without a charger: maps, dual-frequency GPS, heart rate, and a torch. Swim-proof to 100 metres.',
    single('SWU-49', { prices: ['499.99', '479.99', '429.99', '74800'], grams: 61, stock: 50 }),
    ['front', 'side', 'on the wrist'],
  ),
  product(
    'Smart Watch Classic',
    'smart-watches',
    'A round watch with a steel case that tells messages, calls and payments apart from the time. Five days of battery.',
    all(
      'SWC',
      { Size: ['40 mm', '44 mm'], Colour: ['Silver', 'Graphite'] },
      {
        prices: ['249.99', '239.99', '209.99', '36800'],
        was: ['279.99', '269.99', '239.99', '41800'],
        grams: 46,
        stock: 35,
      },
    ),
  ),
  product(
    'Hybrid Watch',
    'smart-watches',
    'Real hands over a hidden display. It looks like a watch and lasts three weeks.',
    all(
      'HYW',
      { Strap: ['Leather', 'Steel'] },
      { prices: ['189.00', '179.00', '155.00', '27800'], grams: 52, stock: 28 },
    ),
  ),
  product(
    'Fitness Band',
    'fitness-trackers',
    'Steps, sleep, pulse and nothing that distracts. Two weeks of battery and a band that is changed in a second.',
    all(
      'FBD',
      { Colour: ['Black', 'Rose', 'Lime'] },
      { prices: ['49.99', '46.99', '41.99', '7400'], grams: 24, stock: 120 },
    ),
  ),
  product(
    'Heart Rate Chest Strap',
    'fitness-trackers',
    'The exact pulse for intervals, sent by Bluetooth and ANT+ at once. Machine-washable.',
    each('HRS', 'Size', {
      'S to M': { prices: ['69.00', '65.00', '57.00', '10200'], grams: 60, stock: 40 },
      'L to XL': { prices: ['69.00', '65.00', '57.00', '10200'], grams: 66, stock: 40 },
    }),
  ),
  product(
    'Sleep Ring',
    'fitness-trackers',
    'A ring that measures sleep, temperature and recovery. No display, no subscription.',
    all(
      'SLR',
      { Size: ['8', '9', '10', '11'] },
      { prices: ['279.00', '265.00', '235.00', '41500'], grams: 5, stock: 20 },
    ),
  ),
  product(
    'Watch Charging Stand',
    'wearables',
    'Holds watch, phone and earbuds upright and charges all three from one cable.',
    single('WCS-3', { prices: ['59.99', '56.99', '49.99', '8900'], grams: 340, stock: 75 }),
  ),
]
