import { ClickHouseError } from '@clickhouse/client'
import { expect, test } from 'vitest'
import { readingFrom } from './spooled-insert.ts'

test.each([
  ['INSERT INTO t FORMAT Parquet', "INSERT INTO t FROM INFILE '/spool/a' COMPRESSION 'none' FORMAT Parquet"],
  [
    'INSERT INTO t (a, b) format JSONEachRow ;',
    "INSERT INTO t (a, b) FROM INFILE '/spool/a' COMPRESSION 'none' FORMAT JSONEachRow",
  ],
  ['INSERT INTO t\nFORMAT\nCSV\n', "INSERT INTO t FROM INFILE '/spool/a' COMPRESSION 'none' FORMAT CSV"],
  [
    "INSERT INTO t SELECT a FROM input('a String') FORMAT Parquet",
    "INSERT INTO t SELECT a FROM file('/spool/a', 'Parquet', 'a String')",
  ],
  [
    "INSERT INTO t SELECT a FROM INPUT( 'a Enum(\\'x\\')' ) WHERE a != 'FORMAT no' FORMAT RowBinary",
    "INSERT INTO t SELECT a FROM file('/spool/a', 'RowBinary', 'a Enum(\\'x\\')') WHERE a != 'FORMAT no'",
  ],
])('%s reads its data from the file', (sql, expected) => {
  expect(readingFrom(sql, '/spool/a')).toBe(expected)
})

test('a path is quoted, whatever is in it', () => {
  expect(readingFrom('INSERT INTO t FORMAT CSV', "/it's \\ here/$&")).toBe(
    "INSERT INTO t FROM INFILE '/it\\'s \\\\ here/$&' COMPRESSION 'none' FORMAT CSV",
  )
  expect(readingFrom("INSERT INTO t SELECT * FROM input('a Int8') FORMAT CSV", "/it's/$&")).toBe(
    "INSERT INTO t SELECT * FROM file('/it\\'s/$&', 'CSV', 'a Int8')",
  )
})

test.each(['INSERT INTO t VALUES (1)', 'INSERT INTO t FORMAT', 'INSERT INTO t FORMAT CSV SETTINGS a = 1', ''])(
  '%j names no format, and is refused as a server would',
  (sql) => {
    expect(() => readingFrom(sql, '/spool/a')).toThrow(ClickHouseError)
    expect(() => readingFrom(sql, '/spool/a')).toThrow(`An INSERT with a body names its FORMAT last: ${sql}`)
  },
)
