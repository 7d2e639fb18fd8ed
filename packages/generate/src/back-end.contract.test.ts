import { automatic1111Double } from './automatic1111/automatic1111.double.ts'
import { Automatic1111 } from './automatic1111/back-end.ts'
import { backEndContract } from './back-end.contract.ts'
import { ComfyUi } from './comfyui/back-end.ts'
import { comfyUiDouble } from './comfyui/comfyui.double.ts'
import { textToImage } from './comfyui/text-to-image.double.ts'
import { OpenAiImages } from './openai-images/back-end.ts'
import { imagesDouble } from './openai-images/images.double.ts'

backEndContract('AUTOMATIC1111', async () => {
  const double = await automatic1111Double({ paintMs: 40 })
  const backEnd = new Automatic1111({ url: double.url, pollMs: 5 })
  return { backEnd, [Symbol.asyncDispose]: () => double[Symbol.asyncDispose]() }
})

backEndContract('ComfyUI', async () => {
  const double = await comfyUiDouble({ paintMs: 40 })
  const workflow = { name: 'mine.json', json: textToImage() }
  const backEnd = new ComfyUi({ url: double.url, workflow, pollMs: 5 })
  return { backEnd, [Symbol.asyncDispose]: () => double[Symbol.asyncDispose]() }
})

backEndContract('an images API', async () => {
  const double = await imagesDouble({})
  const backEnd = new OpenAiImages({ url: double.url, model: 'm' })
  return { backEnd, [Symbol.asyncDispose]: () => double[Symbol.asyncDispose]() }
})
