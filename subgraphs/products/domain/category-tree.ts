/** Whether `id` would stand under itself if its parent were the last of `lineage`: the new parent with all above it. */
export const wouldBeCycle = (id: string, lineage: readonly { id: string }[]): boolean =>
  lineage.some((ancestor) => ancestor.id === id)
