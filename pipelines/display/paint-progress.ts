import type { Progress } from '@promptloom/generate/back-end'
import { Presets, SingleBar } from 'cli-progress'

/** Shows how far a painter is: a bar on a terminal, elsewhere a line for each tenth. */
export function paintProgress(stream: NodeJS.WriteStream): { show(progress: Progress): void; end(): void } {
  if (!stream.isTTY) return lines(stream)
  const bar = new SingleBar({ stream, format: '{bar} {percentage} %  {state}', clearOnComplete: true }, Presets.rect)
  let started = false
  return {
    show({ fraction, state }) {
      if (!started) bar.start(100, 0, { state })
      started = true
      bar.update(Math.round((fraction ?? 0) * 100), { state })
    },
    end: () => bar.stop(),
  }
}

function lines(stream: NodeJS.WritableStream) {
  let shown = -1
  return {
    show({ fraction, state }: Progress) {
      const tenth = Math.floor((fraction ?? 0) * 10)
      if (tenth <= shown) return
      shown = tenth
      stream.write(`${tenth * 10} %: ${state}\n`)
    },
    end: () => undefined,
  }
}
