import { hasScope, type Viewer } from '#platform/auth/viewer.ts'

/** Who keeps the catalogue. */
export const canWriteCatalog = (viewer: Viewer): boolean => hasScope(viewer, 'catalog:write')

/** Drafts are seen by who keeps the catalogue, and by services, which decide for themselves whom they show what. */
export const seesDrafts = (viewer: Viewer): boolean => canWriteCatalog(viewer) || viewer.kind === 'service'
