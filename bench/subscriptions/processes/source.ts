import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse, subscribe } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { createQueue, type Queue } from '#platform/live/queue.ts'
import { answerJson, listen, readBody } from '#platform/runtime/http.ts'
import { now } from '../clock.ts'
import { SOURCE_SDL } from '../source-sdl.ts'

// The subgraph of the benchmark: one product with a price in memory, and its subscribers. Asked by the clients themselves,
// without a router, it is the plain graphql-ws server that is the limit.
const port = Number(process.argv[2])
let product = { id: '1', price: 0, committedAtMs: now() }
const followers = new Set<Queue<typeof product>>()

const schema = buildSubgraphSchema([
  {
    typeDefs: parse(SOURCE_SDL),
    resolvers: {
      Query: { product: () => product },
      Mutation: {
        setPrice: (_: unknown, { price }: { price: number }) => {
          product = { id: '1', price, committedAtMs: now() }
          for (const follower of followers) follower.push(product)
          return product
        },
      },
      Subscription: {
        priceChanged: {
          subscribe: () => {
            const queue = createQueue<typeof product>(() => void followers.delete(queue))
            followers.add(queue)
            queue.push(product)
            return queue
          },
          resolve: (event: unknown) => event,
        },
      },
      Product: { __resolveReference: () => product },
    },
  },
])

const { server } = await listen(
  {
    paths: {
      '/graphql': async (request, response) => {
        const { query, variables } = JSON.parse(await readBody(request))
        answerJson(response, 200, await execute({ schema, document: parse(query), variableValues: variables }))
      },
    },
    otherwise: (_request, response) => answerJson(response, 404, {}),
  },
  { host: '127.0.0.1', port },
)
useServer({ schema, subscribe }, new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }))
