import { defineRouter } from '../../../router/options/router-options.ts'

const options = defineRouter({
  authorization: { policies: (policies, { claims }) => (claims['role'] === 'CUSTOMER' ? policies : []) },
  headers: {
    request: [
      { propagate: 'x-tenant', default: 'north' },
      { insert: 'x-gateway', value: 'agora' },
    ],
    response: { propagate: [{ name: 'x-served-by' }], cacheControl: true },
  },
})

// oxlint-disable-next-line import/no-default-export -- what the router reads
export default options
