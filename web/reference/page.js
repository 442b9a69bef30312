// The reference of `npm run graph -- docs`: search, and light or dark. A classic script without imports, since browsers load no
// modules from files. `find.js` is loaded by it once somebody searches.

const page = document.documentElement
const root = page.dataset['root'] ?? ''

// Before the page is shown, so that it does not flash.
const store = openStore()
const kept = store?.getItem('theme')
if (typeof kept === 'string') page.dataset['theme'] = kept

// Longer lists are not read; a better word is typed.
const MOST_FOUND = 30

document.addEventListener('DOMContentLoaded', () => {
  offerTheme()
  offerSearch()
  openContents()
})

function offerTheme() {
  const button = need('page-theme', HTMLButtonElement)
  const isDark = () =>
    (page.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
  const label = () => void (button.textContent = isDark() ? 'Light' : 'Dark')
  button.hidden = false
  button.addEventListener('click', () => {
    page.dataset['theme'] = isDark() ? 'light' : 'dark'
    store?.setItem('theme', page.dataset['theme'])
    label()
  })
  label()
}

/** Nothing is kept where the person allows pages to keep nothing: then it throws to be asked for. */
function openStore() {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

/** Beside the page where there is room for both; above it, closed, on a phone. */
function openContents() {
  const contents = need('page-contents', HTMLDetailsElement)
  const isWide = matchMedia('(min-width: 60rem)')
  const follow = () => void (contents.open = isWide.matches)
  isWide.addEventListener('change', follow)
  follow()
  const current = contents.querySelector('[aria-current]')
  if (isWide.matches && current instanceof HTMLElement)
    contents.scrollTop = current.offsetTop - contents.clientHeight / 2
}

function offerSearch() {
  const input = need('page-search', HTMLInputElement)
  const list = need('page-found', HTMLUListElement)
  let chosen = 0

  const options = () => [...list.querySelectorAll('a')]
  const choose = (/** @type {number} */ index) => {
    const all = options()
    chosen = all.length === 0 ? 0 : (index + all.length) % all.length
    for (const [at, option] of all.entries()) {
      option.setAttribute('aria-selected', String(at === chosen))
      if (at === chosen) option.scrollIntoView({ block: 'nearest' })
    }
    const active = all[chosen]
    if (active === undefined) input.removeAttribute('aria-activedescendant')
    else input.setAttribute('aria-activedescendant', active.id)
  }
  const close = () => {
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
  }
  const show = async () => {
    const asked = input.value
    const find = await loadFind()
    if (input.value !== asked) return
    const found = find(asked).slice(0, MOST_FOUND)
    list.replaceChildren(...found.map(optionOf))
    if (found.length === 0) list.append(Object.assign(document.createElement('li'), { textContent: 'Nothing found' }))
    list.hidden = asked.trim() === ''
    input.setAttribute('aria-expanded', String(!list.hidden))
    choose(0)
  }

  input.addEventListener('focus', () => void show())
  input.addEventListener('input', () => void show())
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') choose(chosen + 1)
    else if (event.key === 'ArrowUp') choose(chosen - 1)
    else if (event.key === 'Enter') options()[chosen]?.click()
    else if (event.key === 'Escape') input.blur()
    else return
    event.preventDefault()
  })
  // A link is followed before the list goes: it would be gone before the click.
  list.addEventListener('mousedown', (event) => event.preventDefault())
  list.addEventListener('click', () => input.blur())
  input.addEventListener('blur', close)
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement
    const isAsked = (event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))
    if (!isAsked) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

/** @type {Promise<(asked: string) => Entry[]> | undefined} */
let loading

/** What finds; loaded when it is first asked for. */
function loadFind() {
  loading ??= Promise.all([loadScript('search.js'), loadScript('find.js')]).then(() => window.createFind(searchEntries))
  return loading
}

/** @param {string} name @returns {Promise<void>} */
function loadScript(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = `${root}${name}`
    script.addEventListener('load', () => resolve())
    script.addEventListener('error', () => reject(new Error(`${script.src} could not be loaded`)))
    document.head.append(script)
  })
}

/** @param {Entry} entry @param {number} index */
function optionOf([name, href, kind, text], index) {
  const link = Object.assign(document.createElement('a'), {
    href: `${root}${href}`,
    id: `found-${index}`,
    tabIndex: -1,
  })
  link.setAttribute('role', 'option')
  for (const [tag, content] of /** @type {const} */ ([
    ['code', name],
    ['small', kind],
    ['span', text],
  ]))
    link.append(Object.assign(document.createElement(tag), { textContent: content }))
  const item = document.createElement('li')
  item.setAttribute('role', 'presentation')
  item.append(link)
  return item
}

/**
 * The element with an id that every page has.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 */
function need(id, type) {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`expected #${id} in the page`)
  return element
}
