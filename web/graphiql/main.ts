import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './page.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { promptFetcher } from './prompt-fetcher.ts'
import { shopTabs } from './shop-tabs.ts'

// The router answers on the origin that this page came from.
const endpoint = new URL('/graphql', location.href)

const fetcher = promptFetcher(
  createGraphiQLFetcher({
    url: endpoint.href,
    // What stands under Headers goes along as connection params: each subscription has a socket of its own.
    subscriptionUrl: endpoint.href.replace(/^http/, 'ws'),
  }),
)

const HEADERS = `{
  // "authorization": "Bearer …"
  // "x-currency": "EUR"
}`

const container = document.querySelector('#graphiql')
if (container === null) throw new Error('index.html: expected an element with the id graphiql')

const tabs = await shopTabs(endpoint, HEADERS)
createRoot(container).render(
  createElement(
    GraphiQL,
    {
      fetcher,
      defaultHeaders: HEADERS,
      ...(tabs && { defaultTabs: tabs }),
      // A token is kept over a reload only by who switches it on in the settings.
      shouldPersistHeaders: false,
    },
    createElement(GraphiQL.Logo, null, 'Agora'),
  ),
)
