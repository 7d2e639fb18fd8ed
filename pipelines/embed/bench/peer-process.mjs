// The peer: transformers.js doing the same work on the same ONNX files, in a process of its own.
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, model, kind] = process.argv.slice(2)
const entry = createRequire(join(resolve(folder), 'x.js')).resolve('@huggingface/transformers')
const { AutoTokenizer, AutoProcessor, CLIPTextModelWithProjection, CLIPVisionModelWithProjection, env, RawImage } =
  await import(pathToFileURL(entry).href)
env.allowRemoteModels = false
env.localModelPath = dirname(resolve(model))
const name = basename(model)
const options = { dtype: 'fp32', device: 'cpu' }
const BATCH = 32

const text = async () => {
  const tokenizer = await AutoTokenizer.from_pretrained(name)
  const tower = await CLIPTextModelWithProjection.from_pretrained(name, options)
  return async (texts) => (await tower(tokenizer(texts, { padding: true, truncation: true }))).text_embeds
}
const image = async () => {
  const processor = await AutoProcessor.from_pretrained(name)
  const tower = await CLIPVisionModelWithProjection.from_pretrained(name, options)
  return async (paths) =>
    (await tower(await processor(await Promise.all(paths.map((path) => RawImage.read(path)))))).image_embeds
}

const embed = await (kind === 'text' ? text() : image())
process.on('message', async (rows) => {
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let from = 0; from < rows.length; from += BATCH) await embed(rows.slice(from, from + BATCH))
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  process.send({ rows: rows.length, seconds, cpuSeconds: (user + system) / 1e6 })
})
process.send('open')
