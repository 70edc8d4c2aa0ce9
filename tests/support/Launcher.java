import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Looks handlers up as Lambda's client does, and prints a line for each: `ok`, `init TEXT` or `invocation TEXT`. */
public final class Launcher {
    private static final String CLIENT = "com.amazonaws.services.lambda.runtime.";

    public static void main(String[] arguments) throws Exception {
        File root = new File(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            System.out.println(start(root, arguments[i]).split("\n")[0]);
        }
    }

    private static String start(File root, String handler) throws Exception {
        List<URL> path = new ArrayList<>();
        path.add(new File(root, "var/task/").toURI().toURL());
        jars(new File(root, "var/task/lib"), path);
        jars(new File(root, "opt/java/lib"), path);
        ClassLoader loader = new URLClassLoader(path.toArray(new URL[0]), Launcher.class.getClassLoader());
        int at = handler.lastIndexOf("::");
        String name = at < 0 ? handler : handler.substring(0, at);
        Class<?> type;
        try {
            type = loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            return "invocation Class not found: " + name;
        } catch (NoClassDefFoundError e) {
            return "invocation Error loading class " + name + ": " + e.getMessage();
        } catch (Throwable e) {
            return "init Error loading class " + name + ": " + e.getMessage();
        }
        return at < 0 ? byInterface(type) : byMethod(type, handler.substring(at + 2));
    }

    private static void jars(File folder, List<URL> path) throws Exception {
        File[] found = folder.listFiles((parent, name) -> name.length() > 4 && name.endsWith(".jar"));
        if (found == null) {
            return;
        }
        Arrays.sort(found);
        for (File jar : found) {
            path.add(jar.toURI().toURL());
        }
    }

    private static String byInterface(Class<?> type) throws Exception {
        for (String name : new String[] {"RequestHandler", "RequestStreamHandler"}) {
            if (Class.forName(CLIENT + name).isAssignableFrom(type)) {
                return make(type);
            }
        }
        return "invocation Class does not implement an appropriate handler interface: " + type.getName();
    }

    private static String byMethod(Class<?> type, String name) throws Exception {
        Method[] methods;
        try {
            methods = type.getMethods();
        } catch (NoClassDefFoundError e) {
            return "invocation Error loading method " + name + " on class " + type.getName();
        } catch (Throwable e) {
            return "init Error loading class " + type.getName() + ": " + e.getMessage();
        }
        for (Method method : methods) {
            if (method.getName().equals(name) && takesEvent(method.getParameterTypes())) {
                return Modifier.isStatic(method.getModifiers()) ? "ok" : make(type);
            }
        }
        return "invocation No public method named " + name + " with appropriate method signature found on class " + type.getName();
    }

    private static boolean takesEvent(Class<?>[] types) throws Exception {
        Class<?> context = Class.forName(CLIENT + "Context");
        switch (types.length) {
            case 0:
            case 1:
                return true;
            case 2:
                if (types[0] == InputStream.class) {
                    return types[1] == OutputStream.class || types[1] == context;
                }
                return types[0] != context && types[1] == context;
            case 3:
                return types[0] == InputStream.class && types[1] == OutputStream.class && types[2] == context;
            default:
                return false;
        }
    }

    private static String make(Class<?> type) {
        try {
            type.getConstructor();
        } catch (NoSuchMethodException e) {
            return "invocation Class " + type.getName() + " has no public zero-argument constructor";
        } catch (NoClassDefFoundError e) {
            return "invocation " + e;
        }
        return "ok";
    }
}
