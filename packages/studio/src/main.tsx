import { render } from 'preact'

render(<main>Promptloom</main>, document.getElementById('app') as HTMLElement)
