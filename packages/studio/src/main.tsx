import { render } from 'preact'
import { App } from './app.tsx'
import { startTheme } from './interface/theme.ts'
import { startNavigation } from './navigation.ts'
import './styles/tokens.css'
import './styles/elements.css'
import './styles/header.css'
import './styles/wall.css'
import './styles/search.css'
import './styles/row.css'

startTheme()
startNavigation()
render(<App />, document.getElementById('app') as HTMLElement)
