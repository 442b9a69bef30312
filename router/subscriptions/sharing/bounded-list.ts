/** Appends, and drops the oldest where there are more than `capacity`. Gives how many were dropped: 0 or 1. */
export function pushBounded<T>(values: T[], value: T, capacity: number): number {
  values.push(value)
  return values.length > capacity ? values.splice(0, 1).length : 0
}
