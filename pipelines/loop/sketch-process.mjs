// The sketch painter in a process of its own: see sketch-process.ts.
import { register } from 'tsx/esm/api'

register()
const { SketchBackEnd } = await import('@promptloom/generate/sketch/back-end')
const painter = new SketchBackEnd()
process.on('message', async ({ id, request }) => {
  try {
    const onPicture = (picture, position) => process.send?.({ id, picture, position })
    await painter.generate(request, { onPicture })
    process.send?.({ id, done: true })
  } catch (error) {
    process.send?.({ id, failed: error.message, outcome: error.outcome })
  }
})
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
