/** What a command refuses for a reason the person can act on; it becomes one entry of `userErrors`. */
export type Refusal<Code extends string = string, Details extends object = object> = {
  readonly code: Code
  readonly message: string
  /** From the root of the arguments: `['input', 'lines', '0', 'quantity']`. */
  readonly path: readonly string[]
} & Details

/** Either a value or the reasons why there is none. */
export type Result<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusals: readonly Refusal<Code>[] }

/** Success. */
export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value })

/** One refusal. `path` names the input field at fault. */
export function refuse<Code extends string>(code: Code, message: string, path: readonly string[] = ['input']) {
  return { ok: false as const, refusals: [{ code, message, path }] }
}
