import sharp from 'sharp'
import { expect, test } from 'vitest'
import { backEndContract } from '../back-end.contract.ts'
import { SketchBackEnd } from './back-end.ts'

backEndContract('The offline painter', async () => ({
  backEnd: new SketchBackEnd(),
  [Symbol.asyncDispose]: async () => undefined,
}))

test('says that it stands in, and writes so into every picture', async () => {
  const painter = new SketchBackEnd()
  expect(painter.describe()).toEqual({
    kind: 'sketch',
    label: 'Promptloom sketch, a stand-in for Stable Diffusion',
    standIn: true,
  })
  const [picture] = await painter.generate({ prompt: 'a fox', width: 128, height: 96, seed: 5 })
  const { exif, format, width, height } = await sharp(picture?.bytes).metadata()
  expect({ format, width, height }).toEqual({ format: 'png', width: 128, height: 96 })
  expect(exif?.toString('latin1')).toContain('Promptloom sketch, a stand-in for Stable Diffusion')
})

test('reports what it used, and nothing that it does not have', async () => {
  const request = { prompt: 'a fox, gibberling', negativePrompt: 'snow', seed: 4_294_967_295, steps: 30, cfg: 7 }
  const [first, second] = await new SketchBackEnd().generate({ ...request, width: 64, height: 64, count: 2 })
  const none = { steps: null, sampler: null, cfg: null, model: null }
  expect(first?.parameters).toEqual({ prompt: request.prompt, negativePrompt: 'snow', seed: 4_294_967_295, ...none })
  expect(second?.parameters.seed).toBe(0)
  expect(first).toMatchObject({ understood: ['fox'], unknown: ['gibberling'] })
})

test('turns pictures down that are larger than it draws', async () => {
  const work = new SketchBackEnd().generate({ prompt: 'a fox', width: 4096 })
  await expect(work).rejects.toMatchObject({ outcome: 'generator_invalid', exitCode: 2 })
  await expect(work).rejects.toThrow('4096 × 512 pixels')
})
