/** What takes part only once something is opened or an address, an option or trust is asked for, bundled to a file of its own. */
export { askValue } from '../options/askValue';
export { OpenFlow } from './openFlow';
export { parseAddress } from './parseAddress';
export { askTrust } from '../trust/askTrust';
