import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fetchFacts, readFetchLog, writeFetchLog } from './fetch-log.ts'

describe('the fetch log', () => {
  it('comes back line by line, whatever a header or an address holds', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'promptloom-log-')), '00000.fetches.jsonl.gz')
    const facts = [
      fetchFacts({ id: 'a', url: 'https://h/a' }, { final_url: 'https://h/é?q="1"', attempts: 2 }),
      fetchFacts({ id: 'b', url: '' }, { opt_out: 'X-Robots-Tag: noai\nnoindex', detail: 'x'.repeat(1000) }),
    ]
    await writeFetchLog(path, facts)
    const back = await readFetchLog(path)
    expect(back).toEqual(facts)
    expect(back[1]?.detail).toHaveLength(300)
    expect(Date.parse(back[0]?.fetched_at as string)).toBeGreaterThan(0)
  })

  it('is empty for a shard without rows, and refuses lines that are none of its own', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'promptloom-log-')), 'log')
    await writeFetchLog(path, [])
    expect(await readFetchLog(path)).toEqual([])
    await writeFetchLog(path, [{ id: 'a' } as never])
    await expect(readFetchLog(path)).rejects.toThrow()
  })
})
