import { describe, expect, test } from 'vitest'
import { DecoderQueue } from './decoder-queue.ts'

/** A queue whose decoding takes ten milliseconds of its clock, and ends when the test says so. */
function queueOf(decoders: number) {
  let now = 0
  const queue = new DecoderQueue(decoders, () => now)
  const ends: (() => void)[] = []
  return {
    queue,
    begun: () => ends.length,
    arrive: (arrivalMs = 0) => queue.run(arrivalMs, () => new Promise<void>((resolve) => ends.push(resolve))),
    /** Ends the pictures that are being decoded, one after the other, until `count` are done. */
    async finish(count: number) {
      for (let done = 0; done < count; done++) {
        while (ends.length <= done) await new Promise(setImmediate)
        now += 10
        ends[done]?.()
        await new Promise(setImmediate)
      }
    },
  }
}
const settled = async (promise: Promise<unknown>) => {
  let done = false
  void promise.then(() => (done = true))
  await new Promise(setImmediate)
  return done
}

describe('a queue of decoders', () => {
  test('decodes so many at a time, and hands on what they return', async () => {
    const { queue, begun, arrive } = queueOf(2)
    for (let n = 0; n < 5; n++) void arrive()
    await new Promise(setImmediate)
    expect(begun()).toBe(2)
    expect(await new DecoderQueue(1).run(0, async () => 'picture')).toBe('picture')
    expect(await settled(queue.room())).toBe(true)
  })

  test('has no room while two rounds of pictures wait, and lets everybody go on once they do not', async () => {
    const { queue, arrive, finish } = queueOf(2)
    for (let n = 0; n < 6; n++) void arrive()
    const held = [queue.room(), queue.room(), queue.room()]
    expect(await Promise.all(held.map(settled))).toEqual([false, false, false])
    await finish(1)
    expect(await Promise.all(held.map(settled))).toEqual([true, true, true])
  })

  test('has room for more where pictures are long in coming', async () => {
    const { queue, arrive, finish } = queueOf(2)
    for (let n = 0; n < 100; n++) void arrive(200)
    await finish(100)
    // Twenty rounds of ten milliseconds until the next one is there, and two more.
    const later = queueOf(2)
    for (let n = 0; n < 6; n++) void later.arrive()
    expect(await settled(later.queue.room())).toBe(false)
    for (let n = 0; n < 6; n++) void arrive(200)
    expect(await settled(queue.room())).toBe(true)
    for (let n = 0; n < 60; n++) void arrive(200)
    expect(await settled(queue.room())).toBe(false)
  })

  test('lets go of nobody’s error, and of everybody who waits', async () => {
    const queue = new DecoderQueue(1)
    const broken = Array.from({ length: 3 }, () => queue.run(0, async () => Promise.reject(new Error('broken'))))
    const room = queue.room()
    expect((await Promise.allSettled(broken)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await settled(room)).toBe(true)
  })
})
