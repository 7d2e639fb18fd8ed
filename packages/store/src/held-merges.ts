import type { Database } from './database.ts'

/** Parts bigger than this many bytes are merged by nobody but OPTIMIZE; a part of one row is bigger. */
const LARGEST_MERGED = 1
const SETTINGS = ['max_bytes_to_merge_at_max_space_in_pool', 'max_bytes_to_merge_at_min_space_in_pool']

/**
 * Parts that may wait for their merge: three million rows in shards of 10,000. ClickHouse slows inserts down from 1,000
 * on, and older ones refuse them from 300.
 */
export const MOST_WAITING_PARTS = 300

/**
 * Keeps background merges off a table while it is loaded: they would write every row twice more, and the build of the
 * index merges all parts into one afterwards, which takes the same time from many parts as from few. The table itself
 * remembers it, so that it holds between a load and a build in another process. Deletes and OPTIMIZE go on as ever.
 */
export async function holdMerges(database: Database, table: string): Promise<void> {
  if (await isHeld(database, table)) return
  const values = SETTINGS.map((name) => `${name} = ${LARGEST_MERGED}`).join(', ')
  await database.command(`ALTER TABLE ${table} MODIFY SETTING ${values}`)
}

/** Lets background merges at the table again; nothing happens where they were never kept off. */
export async function releaseMerges(database: Database, table: string): Promise<void> {
  if (await isHeld(database, table)) await database.command(`ALTER TABLE ${table} RESET SETTING ${SETTINGS.join(', ')}`)
}

/** Releases the merges of a table that has more parts than may wait. */
export async function releaseCrowded(database: Database, table: string, most = MOST_WAITING_PARTS): Promise<void> {
  const [own, name] = table.split('.')
  const row = await database.row<{ parts: string }>(
    'SELECT count() AS parts FROM system.parts WHERE database = {database:String} AND table = {name:String} AND active',
    { params: { database: own, name } },
  )
  if (Number(row?.parts ?? 0) > most) await releaseMerges(database, table)
}

async function isHeld(database: Database, table: string): Promise<boolean> {
  const [own, name] = table.split('.')
  const row = await database.row<{ held: string }>(
    `SELECT count() AS held FROM system.tables
     WHERE database = {database:String} AND name = {name:String} AND position(engine_full, '${SETTINGS[0]}') > 0`,
    { params: { database: own, name } },
  )
  return Number(row?.held ?? 0) > 0
}
