/** Why a command can't do its work, in a sentence for the terminal; exit code 2. */
export class GraphError extends Error {
  override name = 'GraphError'
}
