const cdk = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');

class Main extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const deps = new lambda.LayerVersion(this, 'Deps', {
      code: lambda.Code.fromAsset('layers/deps'),
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
    });
    deps.addPermission('Share', { accountId: '*' });
    new lambda.Function(this, 'Orders', {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: 'app.handler',
      code: lambda.Code.fromAsset('orders'),
      layers: [deps],
    });
    new Reports(this, 'Reports');
  }
}

class Reports extends cdk.NestedStack {
  constructor(scope, id) {
    super(scope, id);
    const tools = new lambda.LayerVersion(this, 'Tools', {
      code: lambda.Code.fromAsset('layers/tools'),
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
    });
    new lambda.Function(this, 'Daily', {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: 'app.handler',
      code: lambda.Code.fromAsset('orders'),
      layers: [tools],
    });
  }
}

module.exports = { Main };
