import { SketchProcess } from './sketch-process.ts'

// A program with nothing to do but to wait for two pictures, of which one takes longer than the other, and then for the painter's end.
const painter = new SketchProcess()
const paint = (prompt: string, side: number) => painter.generate({ prompt, seed: 1, width: side, height: side })
const [[small], [large]] = await Promise.all([paint('a cat', 32), paint('a castle at night, oil', 1_024)])
await painter[Symbol.asyncDispose]()
process.stdout.write(`${small?.width} ${large?.width}`)
