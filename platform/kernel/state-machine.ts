/** From each state, the states it may go to. */
export type Transitions<State extends string> = Readonly<Record<State, readonly State[]>>

/** Whether `transitions` allows the step. */
export const canMove = <State extends string>(transitions: Transitions<State>, from: State, to: State): boolean =>
  transitions[from].includes(to)

/** The states from which nothing leads on. */
export const finalStates = <State extends string>(transitions: Transitions<State>): State[] =>
  (Object.keys(transitions) as State[]).filter((state) => transitions[state].length === 0)
