import { ClickHouseError } from '@clickhouse/client'
import { quote } from './embedded-engine.ts'

/**
 * The same INSERT with its data in a file that the engine reads by itself, for `… FORMAT X` and
 * `… SELECT … FROM input('structure') FORMAT X`.
 * @throws ClickHouseError (62) for an INSERT that does not end with its format.
 */
export function readingFrom(sql: string, file: string): string {
  const [, head, format] = /^([\s\S]*?)\s+FORMAT\s+(\w+)\s*;?\s*$/i.exec(sql) ?? []
  if (head === undefined || format === undefined) {
    throw new ClickHouseError({
      code: '62',
      type: 'SYNTAX_ERROR',
      message: `An INSERT with a body names its FORMAT last: ${sql}`,
    })
  }
  const input = /\binput\(\s*('(?:[^'\\]|\\.)*')\s*\)/i
  if (input.test(head))
    return head.replace(input, (_, structure) => `file(${quote(file)}, ${quote(format)}, ${structure})`)
  return `${head} FROM INFILE ${quote(file)} COMPRESSION 'none' FORMAT ${format}`
}
