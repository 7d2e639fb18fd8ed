import { describe, expect, it } from 'vitest'
import { candidates, chooseDevice, type Machine } from './device.ts'
import type { Device } from './graph.ts'
import { openModel } from './model.ts'

const bare: Machine = { platform: 'linux', exists: () => false, list: () => [] }
const nvidia: Machine = { platform: 'linux', exists: () => true, list: () => ['renderD128'] }

const opening = (...broken: Device[]) => {
  const tried: Device[] = []
  const open = async (device: Device) => {
    tried.push(device)
    if (broken.includes(device)) throw new Error(`Failed to load shared library\nof ${device}`)
    return device
  }
  return { tried, open }
}

describe('auto', () => {
  it("tries nothing that can't be there, and says so", async () => {
    const { tried, open } = opening()
    const { choice } = await chooseDevice('auto', open, bare)
    expect(tried).toEqual(['cpu'])
    expect(choice).toEqual({
      device: 'cpu',
      reason: "cpu: cuda can't be used (no NVIDIA GPU is visible), webgpu can't be used (no GPU is visible)",
    })
  })

  it('takes the first that opens', async () => {
    const { tried, open } = opening('cuda')
    const { choice } = await chooseDevice('auto', open, nvidia)
    expect(tried).toEqual(['cuda', 'webgpu'])
    expect(choice.reason).toBe("webgpu: cuda can't be used (Failed to load shared library)")
    expect((await chooseDevice('auto', opening().open, nvidia)).choice).toEqual({
      device: 'cuda',
      reason: 'cuda: the best there is',
    })
  })

  it('says when CUDA only lacks its libraries', async () => {
    const machine: Machine = { ...nvidia, exists: (path) => path === '/dev/nvidia0' }
    expect((await chooseDevice('auto', opening('webgpu').open, machine)).choice.reason).toMatch(
      /cuda can't be used \(its libraries are not installed\)/,
    )
  })

  it('passes on what is wrong with the model itself', async () => {
    await expect(chooseDevice('auto', opening('cpu').open, bare)).rejects.toThrow('Failed to load shared library')
  })

  it('ends with the CPU on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(candidates(platform).at(-1)).toBe('cpu')
  })
})

describe('a device that is asked for', () => {
  it('is used without looking further, or refused with what to install', async () => {
    const { tried, open } = opening('cuda')
    expect((await chooseDevice('webgpu', open, bare)).choice).toEqual({ device: 'webgpu', reason: 'webgpu: as asked' })
    await expect(chooseDevice('cuda', open, nvidia)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^The device cuda can't be used \(Failed to load shared library\); install .*onnxruntime-node-install=cuda12.*"auto"\.$/,
      ),
    })
    expect(tried).toEqual(['webgpu', 'cuda'])
  })

  it('fails before anything else is wrong with the directory only if the directory is right', async () => {
    await expect(openModel('/nowhere', { device: 'cuda' })).rejects.toThrow('no model directory')
  })
})
