// Writes how many rows each id has in the text table of an embedded store: stored-ids STORE_FOLDER OUT_FILE.
import { writeFile } from 'node:fs/promises'
import { openStore } from '@promptloom/store/store'

const [path, out] = process.argv.slice(2) as [string, string]
const store = await openStore({ kind: 'embedded', path })
try {
  const table = store.table('text').name
  const rows = await store.database.rows<{ id: string; n: number }>(
    `SELECT id, toUInt32(count()) AS n FROM ${table} GROUP BY id`,
  )
  await writeFile(out, JSON.stringify(Object.fromEntries(rows.map(({ id, n }) => [id, n]))))
} finally {
  await store[Symbol.asyncDispose]()
}
