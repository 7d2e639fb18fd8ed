import pLimit from 'p-limit'
import { madePictures } from './benchmark.ts'
import { Fetcher } from './fetcher.ts'
import { inLanes } from './lanes.ts'
import { loopbackOptions, openGallery } from './loopback.ts'
import { examine, repack, restrictDecoders } from './picture.ts'
restrictDecoders()
const files = await madePictures(64)
const g = await openGallery(files)
const options = loopbackOptions()
const fetcher = new Fetcher(options, new AbortController().signal)
const N = 500
const rows = Array.from({ length: N }, (_, n) => ({ id: String(n), prompt: '-', url: `${g.origin}/${n}-${n}`, width: 0, height: 0, source_site: '', origin: 'dataset' as const, parents: [] }))
async function time(n: string, f: () => Promise<unknown>) { const c=process.cpuUsage(), t=Date.now(); await f(); const u=process.cpuUsage(c); console.log(n.padEnd(30), ((u.user)/1000/N).toFixed(2),'user', ((u.system)/1000/N).toFixed(2), 'system', ((Date.now()-t)/N).toFixed(2), 'wall') }
const limit = pLimit(3)
for (let k=0;k<2;k++) {
await time('bare', () => Promise.all(rows.map((_, i) => limit(() => repack(files[i%64]!, 'jpeg', options)))))
await time('examine', () => Promise.all(rows.map((_, i) => limit(() => examine(files[i%64]!, options)))))
await time('fetcher only', () => inLanes(rows, { groupOf: () => 'x', width: 32 }, async (row) => { await fetcher.fetch(row) }))
}
process.exit()
