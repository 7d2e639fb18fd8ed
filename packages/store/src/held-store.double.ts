import { writeSync } from 'node:fs'
import { openStore } from './store.ts'

/**
 * A process of its own that works with an embedded store until it is killed: `hold` keeps it open, `load` loads the
 * shards that it is given over and over, `index` builds the index. Says what it has done, a line each.
 */
const [path = '', job = 'hold', ...files] = process.argv.slice(2)
const say = (line: string) => writeSync(1, `${line}\n`)

try {
  await using store = await openStore({ kind: 'embedded', path })
  say('open')
  const table = store.table('text')
  if (job === 'hold') await new Promise((done) => setTimeout(done, 60_000))
  if (job === 'load') {
    await table.holdMerges()
    for (const [at, file] of files.entries()) {
      await table.load({ path: file, shard: `text-${at}`, digest: `digest-${at}`, rows: 400, run: 'child' })
      say(`loaded ${at}`)
    }
  }
  if (job === 'index') {
    await table.buildIndex({ interval: 20 })
    say('built')
  }
} catch (error) {
  say(`error ${(error as { exitCode?: number }).exitCode} ${(error as Error).message}`)
}
