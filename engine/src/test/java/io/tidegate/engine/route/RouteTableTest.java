package io.tidegate.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.route.RouteMatch.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of routing, case by case: routes as [Declared#lettered] reads them, requests as [TextInput#parse] does.
class RouteTableTest {

    private final RouteMatch<String> match = new RouteMatch<>();

    /// `a` for a route, `-` for none, `405 GET,HEAD` or `308+ a`, `308- a`.
    private String answer(String routes, String request) {
        Declared.lettered(routes).match(TextInput.parse(request), match);
        return switch (match.outcome()) {
            case FOUND -> match.route();
            case NO_ROUTE -> "-";
            case METHOD_NOT_ALLOWED -> "405 " + String.join(",", match.allowedMethods());
            case REDIRECT_SLASH -> (match.redirectAddsSlash() ? "308+ " : "308- ") + match.route();
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            grpc:s.A/Get                           > POST x/s.A/Get content-type:application/grpc          > a
            grpc:s.A/Get                           > POST x/s.A/Get content-type:application/grpc+proto    > a
            grpc:s.A/Get                           > POST x/s.A/Get content-type:application/grpc-web+json > a
            grpc:s.A/Get                           > POST x/s.A/Get content-type:application/grpcs         > -
            grpc:s.A/Get                           > POST x/s.A/Get content-type:application/json          > -
            grpc:s.A/Get                           > POST x/s.A/Get                                        > -
            grpc:s.A/Get                           > POST x/s.A/Put content-type:application/grpc          > -
            grpc:s.A/Get                           > POST x/s.A/Get/ content-type:application/grpc         > -
            grpc:s.A/Get                           > POST x/s.A/get content-type:application/grpc          > -
            grpc:s.A/Get                           > GET x/s.A/Get content-type:application/grpc           > 405 POST,OPTIONS
            grpc:s.A/Get                           > GET x/s.A/Get                                         > -
            grpc:s.A/                              > POST x/s.A/Put content-type:application/grpc          > a
            grpc:s.A/                              > POST x/s.A/Put/x content-type:application/grpc        > -
            grpc:/Get                              > POST x/s.B/Get content-type:application/grpc          > a
            grpc:/                                 > POST x/s.B/Put content-type:application/grpc          > a
            grpc:/                                 > POST x/s.B content-type:application/grpc              > -
            path:/**;grpc:/;grpc:s.A/;grpc:s.A/Get > POST x/s.A/Get content-type:application/grpc          > d
            path:/**;grpc:/;grpc:s.A/;grpc:s.A/Get > POST x/s.A/Put content-type:application/grpc          > c
            path:/**;grpc:/;grpc:s.A/;grpc:s.A/Get > POST x/s.B/Get content-type:application/grpc          > b
            path:/**;grpc:/;grpc:s.A/;grpc:s.A/Get > POST x/s.A/Get content-type:text/plain                > a
            path:/s.A/Get POST;grpc:s.A/Get        > POST x/s.A/Get content-type:application/grpc          > b
            grpc:s.A/Get;grpc:s.A/Get header:t=1   > POST x/s.A/Get content-type:application/grpc t:1      > b
            grpc:s.A/Get;grpc:s.A/Get header:t=1   > POST x/s.A/Get content-type:application/grpc t:2      > a
            grpc:s.A/Get > OPTIONS x/s.A/Get origin:o access-control-request-method:POST                   > a
            grpc:s.A/Get > OPTIONS x/s.A/Get origin:o access-control-request-method:GET                    > 405 POST,OPTIONS
            """)
    void callsOfGrpcAreMatchedByServiceAndMethod(String routes, String request, String expected) {
        assertThat(answer(routes.trim(), request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            path:/a                                       > GET x/a         > a
            path:/a                                       > GET x/b         > -
            path:/a                                       > GET x/A         > -
            path:/a                                       > GET x/a/        > -
            path:/a                                       > GET x/a/b       > -
            path:/a                                       > GET x/          > -
            path:/                                        > GET x/          > a
            path:/                                        > GET x/a         > -
            path:/a/                                      > GET x/a/        > a
            path:/a/                                      > GET x/a         > -
            path:/a/**                                    > GET x/a         > a
            path:/a/**                                    > GET x/a/        > a
            path:/a/**                                    > GET x/a/b/c     > a
            path:/a/**                                    > GET x/aX        > -
            path:/a/**                                    > GET x/          > -
            path:/**                                      > GET x/          > a
            path:/**                                      > GET x/a/b/c/    > a
            path:/{x}                                     > GET x/a         > a
            path:/{x}                                     > GET x/          > -
            path:/{x}                                     > GET x/a/        > -
            path:/a/{x}                                   > GET x/a         > -
            path:/a/{x}                                   > GET x/a/        > -
            path:/a/{x}/c                                 > GET x/a/b/c     > a
            path:/a/{x**}                                 > GET x/a         > a
            path:/{x}/**                                  > GET x/a         > a
            path:/{x}/**                                  > GET x/          > -
            path:/{x};path:/a                             > GET x/a         > b
            path:/{x};path:/a                             > GET x/b         > a
            path:/**;path:/a/**;path:/a/{x};path:/a/b     > GET x/a/b       > d
            path:/**;path:/a/**;path:/a/{x};path:/a/b     > GET x/a/c       > c
            path:/**;path:/a/**;path:/a/{x};path:/a/b     > GET x/a/b/c     > b
            path:/**;path:/a/**;path:/a/{x};path:/a/b     > GET x/b         > a
            path:/a/**;path:/a                            > GET x/a         > b
            path:/a/**;path:/a/                           > GET x/a/        > b
            path:/a/{x}/**;path:/{y}/b                    > GET x/a/b       > a
            path:/a/{x};path:/{y}/b                       > GET x/a/b       > a
            path:/a/{x};path:/{y}/b                       > GET x/c/b       > b
            path:/a/b/{x}/d;path:/a/{y}/c/e               > GET x/a/b/c/e   > b
            path:/a/b/c/d;path:/{w}/{x}/{y}/{z}           > GET x/a/b/c/e   > b
            path:/a/b/c/d;path:/a/**                      > GET x/a/b/c/e   > b
            path:/a/b/c/d;path:/a/{x}/**;path:/a/**       > GET x/a/b/c/e   > b
            path:/{x}/b;path:/**                          > GET x/a/c       > b
            regex:/a+;path:/**                            > GET x/aa        > b
            regex:/a+;                                    > GET x/aa        > a
            regex:/a+;                                    > GET x/ab        > b
            regex:/a                                      > GET x/ab        > -
            regex:/a.*;regex:/ab.* GET                    > GET x/ab        > b
            ;GET                                          > GET x/a         > b
            ;GET                                          > PUT x/a         > a
            """)
    void ranksPathsSegmentBySegment(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            host:a.com                                    > GET a.com/      > a
            host:a.com                                    > GET b.a.com/    > -
            host:a.com                                    > GET /           > -
            host:*.a.com                                  > GET a.com/      > -
            host:*.a.com                                  > GET b.a.com/    > a
            host:*.a.com                                  > GET c.b.a.com/  > a
            host:*.a.com                                  > GET xa.com/     > -
            host:*.a.com                                  > GET .a.com/     > -
            host:[::1]                                    > GET [::1]/      > a
            host:[::1]                                    > GET [::2]/      > -
            host:a.com host:b.com                         > GET b.com/      > a
            host:A.Com                                    > GET a.com/      > a
            ;host:*.com;host:*.a.com;host:b.a.com         > GET b.a.com/    > d
            ;host:*.com;host:*.a.com;host:b.a.com         > GET c.a.com/    > c
            ;host:*.com;host:*.a.com;host:b.a.com         > GET x.b.a.com/  > c
            ;host:*.com;host:*.a.com;host:b.a.com         > GET a.com/      > b
            ;host:*.com;host:*.a.com;host:b.a.com         > GET a.org/      > a
            ;host:*.com;host:*.a.com;host:b.a.com         > GET /           > a
            host:a.com path:/**;path:/x/y                 > GET a.com/x/y   > a
            host:a.com path:/x;host:*.com path:/y;path:/z > GET a.com/y     > b
            host:b.com path:/x;host:*.com path:/y;path:/z > GET b.com/z     > c
            host:b.com path:/x;host:*.com path:/y         > GET b.com/z     > -
            host:b.com path:/x GET;path:/x                > PUT b.com/x     > b
            host:b.com path:/x header:h;host:*.com        > GET b.com/x     > b
            """)
    void ranksHosts(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            path:/a GET                                   > GET x/a         > a
            path:/a GET                                   > HEAD x/a        > a
            path:/a GET                                   > POST x/a        > 405 GET,HEAD,OPTIONS
            path:/a GET                                   > get x/a         > 405 GET,HEAD,OPTIONS
            path:/a GET                                   > OPTIONS x/a     > 405 GET,HEAD,OPTIONS
            path:/a HEAD                                  > GET x/a         > 405 HEAD,OPTIONS
            path:/a POST                                  > HEAD x/a        > 405 POST,OPTIONS
            path:/a                                       > BREW x/a        > a
            path:/a BREW                                  > BREW x/a        > a
            path:/a BREW PUT                              > GET x/a         > 405 PUT,OPTIONS,BREW
            path:/a;path:/a POST                          > POST x/a        > b
            path:/a;path:/a POST                          > GET x/a         > a
            path:/a GET;path:/{x} POST                    > POST x/a        > b
            path:/a GET;path:/{x} POST;path:/** PUT       > DELETE x/a      > 405 GET,HEAD,POST,PUT,OPTIONS
            path:/a GET;path:/b POST                      > PUT x/a         > 405 GET,HEAD,OPTIONS
            host:b.com path:/a GET;host:*.com path:/a PUT > POST b.com/a    > 405 GET,HEAD,PUT,OPTIONS
            host:b.com path:/a GET;path:/a POST           > POST b.com/a    > b
            path:/a GET header:h                          > POST x/a        > -
            path:/a GET header:h                          > POST x/a h:1    > 405 GET,HEAD,OPTIONS
            path:/a GET query:q                           > POST x/a        > -
            path:/a GET query:q                           > POST x/a?q      > 405 GET,HEAD,OPTIONS
            regex:/a+ GET                                 > POST x/a        > 405 GET,HEAD,OPTIONS
            regex:/a+ GET                                 > POST x/b        > -
            path:/a DELETE | path:/a GET                  > POST x/a        > 405 GET,HEAD,DELETE,OPTIONS
            """)
    void matchesMethodsAndTellsTheAllowedOnes(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            path:/a PUT   > OPTIONS x/a Origin:o Access-Control-Request-Method:PUT  > a
            path:/a GET   > OPTIONS x/a Origin:o Access-Control-Request-Method:HEAD > a
            path:/a GET   > OPTIONS x/a Origin:o Access-Control-Request-Method:PUT  > 405 GET,HEAD,OPTIONS
            path:/a GET   > OPTIONS x/a Origin:o                                    > 405 GET,HEAD,OPTIONS
            path:/a GET   > OPTIONS x/a Access-Control-Request-Method:GET           > 405 GET,HEAD,OPTIONS
            path:/a GET   > POST x/a Origin:o Access-Control-Request-Method:GET     > 405 GET,HEAD,OPTIONS
            path:/a GET;path:/a OPTIONS    > OPTIONS x/a Origin:o Access-Control-Request-Method:GET > b
            path:/a GET;path:/** OPTIONS   > OPTIONS x/a Origin:o Access-Control-Request-Method:GET > b
            path:/a GET;path:/b OPTIONS    > OPTIONS x/a Origin:o Access-Control-Request-Method:GET > a
            path:/a GET;path:/a OPTIONS header:h > OPTIONS x/a Origin:o Access-Control-Request-Method:GET > a
            path:/a;path:/a PUT            > OPTIONS x/a Origin:o Access-Control-Request-Method:PUT > b
            path:/a;path:/a PUT            > OPTIONS x/a Origin:o Access-Control-Request-Method:GET > a
            path:/a;path:/a PUT            > OPTIONS x/a                                            > a
            """)
    void matchesAPreflightAsTheMethodItAsksFor(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            header:h=1                                    > GET x/ h:1      > a
            header:h=1                                    > GET x/ H:1      > a
            header:H=1                                    > GET x/ h:1      > a
            header:h=1                                    > GET x/ h:2      > -
            header:h=1                                    > GET x/          > -
            header:h=1                                    > GET x/ h:1 h:1  > -
            header:h=1,_2                                 > GET x/ h:1 h:2  > a
            header:h=                                     > GET x/ h:       > a
            header:h=                                     > GET x/          > -
            header:h                                      > GET x/ h:       > a
            header:h                                      > GET x/          > -
            header:!h                                     > GET x/          > a
            header:!h                                     > GET x/ h:       > -
            header:h~[0-9]+                               > GET x/ h:12     > a
            header:h~[0-9]+                               > GET x/ h:12x    > -
            header:h~[0-9]+                               > GET x/          > -
            header:h=1;header:h=1 header:i=2              > GET x/ h:1 i:2  > b
            header:h=1;header:h=1 header:i=2              > GET x/ h:1      > a
            header:h;query:q query:r                      > GET x/?q&r h:1  > a
            header:h=1 GET;header:h=1 header:i=2          > GET x/ h:1 i:2  > a
            path:/a header:h=1;path:/{x}                  > GET x/a         > b
            header:h=1;header:i=2 precedence:1            > GET x/ h:1 i:2  > b
            header:h=1 precedence:1;header:i=2            > GET x/ h:1 i:2  > a
            header:h=1 precedence:9;header:h=1 header:i=2 > GET x/ h:1 i:2  > b
            header:h=1;header:i=2                         > GET x/ h:1 i:2  > a
            """)
    void matchesHeaderFields(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            query:q=1                                     > GET x/?q=1          > a
            query:q=1                                     > GET x/?q=2          > -
            query:q=1                                     > GET x/              > -
            query:q=1                                     > GET x/?             > -
            query:q=1                                     > GET x/?Q=1          > -
            query:q=1                                     > GET x/?a=b&q=1&c    > a
            query:q=1                                     > GET x/?a=b;q=1      > -
            query:q=1                                     > GET x/?q=1&q=1      > a
            query:q=1                                     > GET x/?q=1&q=2      > -
            query:q=1                                     > GET x/?q=1&%71=2    > -
            query:q=1                                     > GET x/?%71=%31      > a
            query:q=1                                     > GET x/?q=1=1        > -
            query:q=1                                     > GET x/?qq=1         > -
            query:q=a_b                                   > GET x/?q=a+b        > a
            query:q=a_b                                   > GET x/?q=a%20b      > a
            query:q=a+b                                   > GET x/?q=a%2Bb      > a
            query:q=%zz                                   > GET x/?q=%zz        > a
            query:q=%4                                    > GET x/?q=%4         > a
            query:q=é                                     > GET x/?q=%C3%A9     > a
            query:é=1                                     > GET x/?%C3%A9=1     > a
            query:q=                                      > GET x/?q            > a
            query:q=                                      > GET x/?q=           > a
            query:q                                       > GET x/?q            > a
            query:q                                       > GET x/?a&&q=1       > a
            query:!q                                      > GET x/?a            > a
            query:!q                                      > GET x/?q            > -
            query:q~[0-9]+                                > GET x/?q=1&q=22     > a
            query:q~[0-9]+                                > GET x/?q=1&q=x      > -
            query:q;query:q query:r                       > GET x/?r&q          > b
            query:q;query:q query:r                       > GET x/?q            > a
            """)
    void matchesQueryParameters(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            path:/a slash:same                            > GET x/a/        > a
            path:/a/ slash:same                           > GET x/a         > a
            path:/a slash:redirect                        > GET x/a/        > 308- a
            path:/a slash:redirect                        > GET x/a         > a
            path:/a/ slash:redirect                       > GET x/a         > 308+ a
            path:/a/ slash:redirect                       > GET x/a/        > a
            path:/a/{x} slash:same                        > GET x/a/b/      > a
            path:/a/{x} slash:same                        > GET x/a/        > -
            path:/ slash:same                             > GET x/          > a
            path:/a/** slash:redirect                     > GET x/a/        > a
            path:/a slash:same;path:/a/                   > GET x/a/        > b
            path:/a slash:same GET;path:/a/               > GET x/a/        > b
            path:/a slash:same;path:/a/**                 > GET x/a/        > a
            path:/a/ slash:same;path:/{x}                 > GET x/a         > a
            path:/a slash:redirect GET                    > PUT x/a/        > 405 GET,HEAD,OPTIONS
            path:/a slash:redirect GET;path:/a/ PUT       > GET x/a/        > 308- a
            path:/a slash:redirect;path:/a/ slash:redirect > GET x/a/       > b
            path:/a slash:redirect header:h               > GET x/a/        > -
            """)
    void treatsTheSlashAtTheEndAsTheRouteSays(String routes, String request, String expected) {
        assertThat(answer(routes, request)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            path:/a/{x}                 > x/a/b           > x=b
            path:/{x}/{y}/c             > x/a/b/c         > x=a y=b
            path:/a/{x**}               > x/a             > x=
            path:/a/{x**}               > x/a/            > x=
            path:/a/{x**}               > x/a/b           > x=b
            path:/a/{x**}               > x/a/b/c/        > x=b/c/
            path:/{x}/{y**}             > x/a/b/c         > x=a y=b/c
            path:/{y**}                 > x/              > y=
            path:/{y**}                 > x/a             > y=a
            path:/a/{x} slash:same      > x/a/b/          > x=b
            path:/a/{x}/ slash:same     > x/a/b           > x=b
            path:/{a}/{b}/{c}/{d}/{e}   > x/1/22/333/4/5  > a=1 b=22 c=333 d=4 e=5
            path:/a/{x}/**              > x/a/b/c         > x=b
            path:/a/**                  > x/a/b/c         > ''
            regex:/a.*                  > x/a/b/c         > ''
            path:/{x};path:/{y}/**      > x/b/c           > y=b
            path:/a/{x}                 > x/a/%2F%C3%A9   > x=%2F%C3%A9
            """)
    void givesTheParametersOfThePath(String routes, String request, String expected) {
        Declared.lettered(routes).match(TextInput.parse("GET " + request), match);
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < match.parameterCount(); i++) {
            String name = match.parameterName(i);
            parameters.add(name + "=" + match.parameterText(name));
            assertThat(match.parameter(name)).isEqualTo(i);
        }

        assertThat(match.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(String.join(" ", parameters)).isEqualTo(expected);
        assertThat(match.parameter("none")).isEqualTo(-1);
        assertThat(match.parameterText("none")).isNull();
    }
}
