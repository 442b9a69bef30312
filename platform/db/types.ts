import pg from 'pg'

/** `bigint` columns come as bigint, `timestamptz` as Date (milliseconds), `date` as its text; everything else as `pg` has it. (`em.count` can't read a bigint: count in SQL.) */
export function typeParsers(): InstanceType<typeof pg.TypeOverrides> {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, (text: string) => BigInt(text))
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text)
  return types
}
