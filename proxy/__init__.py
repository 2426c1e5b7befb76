"""The running proxy: settings, catalogue service, execution, and the three ways in (Flight SQL, HTTP, the command line).

What enters: a `proxy.request.Request`, made by a way in from its protocol. What leaves: an `Answer` that streams Arrow batches,
which the same way in encodes. `proxy.pipeline` lies between and knows neither protocols nor stores; a protocol is known only in
its own folder. This room may import all the others, and none of them imports it.
"""
