/** The `type_url` under which a PolicySet is asked for and served. */
export const POLICY_SET_TYPE_URL = 'type.googleapis.com/paymesh.config.v1.PolicySet';
