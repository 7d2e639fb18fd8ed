import type { JSX } from 'preact'

/** The runs of the pipeline. */
export function RunsView(): JSX.Element {
  return <h1>Runs</h1>
}
