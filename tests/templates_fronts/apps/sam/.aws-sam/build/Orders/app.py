import shop
import tools


def handler(event, context):
    return tools.hammer
