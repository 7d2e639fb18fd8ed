import type { Listener } from '@promptloom/runner/progress'

/** What a stage does for somebody who waits for a picture to be found. */
const WORDS: Readonly<Record<string, string>> = {
  feedback: 'checking the pictures',
  embed: 'embedding',
  load: 'bringing the rows into the database',
}

/** A listener of runs that tells in words what goes on. */
export function tellOfRun(tell: (state: string) => void): Listener {
  return (event) => {
    if (event.type === 'stage-start') tell(WORDS[event.stage] ?? `running the stage ${event.stage}`)
  }
}
