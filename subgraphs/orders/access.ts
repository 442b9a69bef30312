import { hasScope, type Viewer } from '#platform/auth/viewer.ts'

/** Whether the viewer may see what belongs to `userId`: the person, the scope orders:read, a service for the person or on its own errand. */
export function maySee(viewer: Viewer, userId: string): boolean {
  if (viewer.kind === 'service') return viewer.actorId === null || viewer.actorId === userId
  return viewer.kind === 'user' && (viewer.userId === userId || hasScope(viewer, 'orders:read'))
}
