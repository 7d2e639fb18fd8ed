import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let sparing = 0

/**
 * Lets V8's heap grow to four times what is alive before all of it is collected, and collects it all now and then.
 * Pixels lie outside the heap but count as if they were in it: with V8's own setting a fifth of the processor time for
 * 512×512 JPEGs goes into collecting. Left to that setting alone, the heap would creep up to those four times over
 * hundreds of thousands of pictures. The setting is the whole process's; V8's own is back once everyone who asked for
 * this one has disposed of what they got.
 */
export class SparedCollector implements Disposable {
  readonly #every: number
  #pictures = 0
  #collections = 0

  /** @param every pictures between two collections of the whole heap, which take some 50 ms each; default 10,000. */
  constructor(every = 10_000) {
    this.#every = every
    if (sparing === 0) setFlagsFromString('--heap-growing-percent=300')
    sparing += 1
  }

  /** Collections of the whole heap so far. */
  get collections(): number {
    return this.#collections
  }

  /** Counts a picture that is done with. */
  count(): void {
    this.#pictures += 1
    if (this.#pictures % this.#every !== 0) return
    collectAll()
    this.#collections += 1
  }

  [Symbol.dispose](): void {
    sparing -= 1
    // 0 is V8's default: it finds a factor by itself.
    if (sparing === 0) setFlagsFromString('--heap-growing-percent=0')
  }
}

/** V8 shows its collector to contexts that are made once this flag is set; those that exist don't get to see it. */
function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
