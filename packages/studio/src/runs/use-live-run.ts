import { useEffect, useState } from 'preact/hooks'
import type { Line, LiveRun } from './live-run.ts'
import { withLine } from './live-run.ts'

/** The run that is told of, and whether the server can be heard. */
export interface Live {
  readonly run: LiveRun | undefined
  readonly connected: boolean
}

/**
 * Follows the log of the runs, whichever process runs. Lines that come together are drawn once.
 * @param onTurn hears when a stage or a run has begun or ended: what is on record has changed
 */
export function useLiveRun(onTurn: () => void): Live {
  const [live, setLive] = useState<Live>({ run: undefined, connected: true })
  useEffect(() => {
    const source = new EventSource('/api/runs/events')
    let run: LiveRun | undefined
    let frame = 0
    let turned = false
    const draw = () => {
      frame = 0
      setLive((last) => ({ ...last, run }))
      if (turned) onTurn()
      turned = false
    }
    source.addEventListener('line', ({ data }: MessageEvent<string>) => {
      const line = JSON.parse(data) as Line
      run = withLine(run, line)
      turned ||= /^(run|stage)-/.test(line.msg)
      // A hidden page draws no frames, and need not.
      frame ||= requestAnimationFrame(draw)
    })
    source.addEventListener('error', () => setLive((last) => ({ ...last, connected: false })))
    source.addEventListener('open', () => setLive((last) => ({ ...last, connected: true })))
    return () => {
      source.close()
      cancelAnimationFrame(frame)
    }
  }, [onTurn])
  return live
}
