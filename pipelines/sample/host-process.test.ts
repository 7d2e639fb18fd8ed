import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { samplePictures } from './collection.ts'
import { startSampleHost } from './host.ts'
import { startHostProcess } from './host-process.ts'

describe('the host process', () => {
  it('serves pictures also where this process has shut its SVG decoder, and names a taken port', async () => {
    const [path] = [...samplePictures().keys()].filter((name) => name.startsWith('/full_jpg/'))
    sharp.block({ operation: ['VipsForeignLoad'] })
    try {
      await using _host = await startHostProcess()
      const answer = await fetch(`http://127.0.0.1:47474${path}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
      await expect(startSampleHost()).rejects.toThrow(/47474/)
      await expect(startHostProcess()).rejects.toThrow(/47474/)
    } finally {
      sharp.unblock({ operation: ['VipsForeignLoad'] })
    }
    await expect(fetch(`http://127.0.0.1:47474${path}`)).rejects.toThrow()
  })
})
