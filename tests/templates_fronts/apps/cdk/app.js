const cdk = require('aws-cdk-lib');
const { Main } = require('./lib/stack');

class Prod extends cdk.Stage {
  constructor(scope, id, props) {
    super(scope, id, props);
    new Main(this, 'Main');
  }
}

const app = new cdk.App();
new Main(app, 'Main');
new Prod(app, 'Prod', { env: { account: '111122223333', region: 'eu-west-1' } });
