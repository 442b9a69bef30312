import { parse, YAMLParseError } from 'yaml'
import { GraphError } from '../graph-error.ts'

/** What a file of YAML holds. Throws {@link GraphError}, which names file and line, where that is no YAML. */
export function readYaml(text: string, file: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new GraphError(`${file}: ${error.message.trimEnd()}`, { cause: error })
    throw error
  }
}
