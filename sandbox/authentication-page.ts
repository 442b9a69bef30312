import { escapeHtml } from '#platform/kernel/html.ts'
import { isCurrency } from '#platform/kernel/currency.ts'
import { formatAmount, money } from '#platform/kernel/money.ts'
import type { Answer } from './answer.ts'
import type { IntentRow } from './payment-intents.ts'

const STYLE = `
  :root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --ground: #eef1f5; --card: #fff; --line: #dfe3ea; --go: #175cd3 }
  @media (prefers-color-scheme: dark) { :root { --ink: #eef1f5; --soft: #98a2b3; --ground: #10151d; --card: #1a212c; --line: #2c3542; --go: #2e72e6 } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
  h1 { margin: 0; font-size: 1.1rem } p { margin: .5rem 0; color: var(--soft) }
  .amount { margin: 1rem 0; color: var(--ink); font-size: 2rem; font-weight: 650; font-variant-numeric: tabular-nums }
  form { margin-top: .75rem }
  button { width: 100%; padding: .7rem; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; font: inherit; cursor: pointer }
  button.go { border-color: var(--go); background: var(--go); color: #fff; font-weight: 600 }
  button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
`

/** Where the person approves or fails 3-D Secure; a plain sentence where nothing waits for that any more. */
export function authenticationPage(intent: IntentRow): Answer {
  if (intent.status !== 'requires_action') return resultPage(intent)
  return page(
    `<h1>Agora</h1>
     <p>Your bank asks you to confirm this payment.</p>
     <p class="amount">${escapeHtml(amountOf(intent))}</p>
     ${button(intent, 'approve', 'Approve', 'go')}
     ${button(intent, 'fail', 'Fail', '')}
     <p>This is the sandbox: no money moves.</p>`,
  )
}

/** What became of the payment, for who came without a return address. */
export function resultPage(intent: IntentRow): Answer {
  const outcome = RESULTS[intent.status]
  return page(
    `<h1>Agora</h1><p class="amount">${escapeHtml(amountOf(intent))}</p><p>${outcome}</p><p>You may close this page.</p>`,
  )
}

/** 404, for a person. */
export const unknownPage = (): Answer => page('<h1>Agora</h1><p>There is no such payment.</p>', 404)

const RESULTS: Readonly<Record<IntentRow['status'], string>> = {
  succeeded: 'The payment was approved.',
  requires_payment_method: 'The payment was not approved.',
  canceled: 'The payment was canceled.',
  requires_action: 'The payment waits for your approval.',
}

const button = (intent: IntentRow, action: 'approve' | 'fail', label: string, style: string): string =>
  `<form method="post" action="/3ds/${escapeHtml(intent.id)}/${action}"><button class="${style}">${label}</button></form>`

function amountOf(intent: IntentRow): string {
  const currency = intent.currency.toUpperCase()
  // Only currencies of the shop get this far; the text would still be true of another one.
  return isCurrency(currency)
    ? `${formatAmount(money(BigInt(intent.amount), currency))} ${currency}`
    : `${intent.amount} minor units of ${currency}`
}

const page = (content: string, status = 200): Answer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    // Without form-action: browsers apply it to the redirect after the form, which leads to the shop.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'same-origin',
  },
  body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agora: confirm your payment</title><style>${STYLE}</style></head><body><main>${content}</main></body></html>
`,
})
