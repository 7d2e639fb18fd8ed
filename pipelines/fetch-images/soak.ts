import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { madePictures } from './benchmark.ts'
import { loopbackOptions, openGallery, ScratchStage } from './loopback.ts'

/** What the process holds after so many URLs; megabytes are of 2^20 bytes. */
export interface SoakPoint {
  readonly urls: number
  readonly rss: number
  /** Of the resident memory, what belongs to this process alone (Linux); the rest is of mapped files. */
  readonly anonymous: number | null
  /** Of that, what V8 has reserved for its heap, and what it uses of it. */
  readonly reserved: number
  readonly heap: number
  /** Memory of buffers outside the heap that JavaScript holds. */
  readonly external: number
  /** Connections that the server sees open. */
  readonly sockets: number
  /** Sockets, files and timers that keep this process's event loop alive. */
  readonly handles: number
}

/** Memory and handles while many small pictures are fetched. */
export interface SoakReport {
  readonly urls: number
  readonly seconds: number
  /** One point after every shard. */
  readonly curve: readonly SoakPoint[]
  /** After the client was closed. */
  readonly after: SoakPoint
}

const SHARD = 10_000
/** Pictures made; a tag behind its end makes each URL's another. */
const SMALL = 16

/** Fetches `urls` small pictures, all different, from a server on loopback that answers at once. */
export async function soak(urls: number): Promise<SoakReport> {
  const small = await Promise.all((await madePictures(SMALL)).map((one) => sharp(one).resize(64).jpeg().toBuffer()))
  await using gallery = await openGallery(small)
  const point = async (done: number): Promise<SoakPoint> => {
    const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
    const handles = process.getActiveResourcesInfo().length
    const sockets = await gallery.connections()
    return {
      urls: done,
      rss: megabytes(rss),
      anonymous: await anonymousMegabytes(),
      reserved: megabytes(heapTotal),
      heap: megabytes(heapUsed),
      external: megabytes(external),
      sockets,
      handles,
    }
  }
  const curve: SoakPoint[] = [await point(0)]
  const begun = performance.now()
  {
    await using stage = await ScratchStage.open(loopbackOptions())
    for (let done = 0; done < urls; ) {
      const count = Math.min(SHARD, urls - done)
      const list = Array.from({ length: count }, (_, n) => `${gallery.origin}/${done + n}-${done + n}`)
      const { ok } = await stage.fetch(list)
      if (ok !== count) throw new Error(`Only ${ok} of ${count} pictures were ok.`)
      done += count
      curve.push(await point(done))
    }
  }
  const seconds = (performance.now() - begun) / 1000
  return { urls, seconds, curve, after: await point(urls) }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}

/** `RssAnon` of proc_pid_status(5), in kB there; null where there is no such file. */
async function anonymousMegabytes(): Promise<number | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? null : megabytes(Number(kilobytes) * 1024)
}
