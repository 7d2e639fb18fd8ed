import type { JSX } from 'preact'

/** The workbench. */
export function MakeView(): JSX.Element {
  return <h1>Make</h1>
}
